"""What a model might write to get a script, a request or a look of its own into readers' pages.

Used here on the HTML, and by the browser tests on real pages. `SIGN` is what each of them calls.
"""

SIGN = "pwned()"

RAW_HTML = [
    f"<script>{SIGN}</script>",
    f"<img src=x onerror={SIGN}>",
    f"<svg onload={SIGN}></svg>",
    f"<svg><animate onbegin={SIGN} attributeName=x dur=1s></svg>",
    f"<details open ontoggle={SIGN}>x</details>",
    f"<iframe srcdoc='<script>{SIGN}</script>'></iframe>",
    f"<a href='javascript:{SIGN}'>x</a>",
    f"<form action='javascript:{SIGN}'><button name=csrfmiddlewaretoken>x</button></form>",
    f"<input autofocus onfocus={SIGN}>",
    f"<body onload={SIGN}>",
    f"<div hx-get=/x hx-trigger=load hx-on:click='{SIGN}'>x</div>",
    f"<div data-hx-get=/x data-hx-trigger=load data-hx-on:load='{SIGN}'>x</div>",
    "<hx-partial hx-target=body hx-swap=innerHTML>x</hx-partial>",
    "<div hx-swap-oob=true id=composer>x</div>",
    "<div id=composer name=message class=toast style='position:fixed;inset:0'>x</div>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    f"<object data='data:text/html,<script>{SIGN}</script>'></object>",
    f"<template><script>{SIGN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={SIGN}>'>",
    f"<!--><img src=x onerror={SIGN}>-->",
    f"<![CDATA[<img src=x onerror={SIGN}>]]>",
    f"<?xml <img src=x onerror={SIGN}>?>",
    "<math><mtext><table><mglyph><style><!--</style>"
    f"<img title='--&gt;&lt;img src=x onerror={SIGN}&gt;'>",
    f"</code></pre></figure></div></article><img src=x onerror={SIGN}>",
    f"</template></hx-partial><img src=x onerror={SIGN}>",
    f"<custom-element onclick={SIGN} is=x>x</custom-element>",
    f"<br onclick={SIGN}>",
    f"a <b onmouseover={SIGN}>b</b> c",
    f"<x\nonclick={SIGN}\n>x",
]

LINKS = [
    f"[x](javascript:{SIGN})",
    f"[x](JaVaScRiPt:{SIGN})",
    f"[x](&#106;avascript:{SIGN})",
    f"[x](java&Tab;script:{SIGN})",
    f"[x](<java\tscript:{SIGN}>)",
    f"[x](\x01javascript:{SIGN})",
    f"[x](data:text/html,<script>{SIGN}</script>)",
    f"[x](vbscript:{SIGN})",
    "[x](/sign-out/)",
    "[x](//evil.example/)",
    "[x](#composer)",
    f'[x](https://e.example/" onclick="{SIGN})',
    f"[x](https://e.example/ '\" onclick=\"{SIGN}')",
    f"[x](<https://e.example/'onmouseover='{SIGN}>)",
    "[x](<https://e.example/</figcaption>>)",
    "[x](https://e.example/</figcaption></hx-partial>)",
    f"[x]: javascript:{SIGN}\n\n[x] and [y][x]",
    f'[x]: https://e.example/ "\' onclick={SIGN} "\n\n[x]',
    f"<javascript:{SIGN}>",
    f'<https://e.example/"onclick={SIGN}>',
    f"<a+x:{SIGN}@e.example>",
    f"![x](javascript:{SIGN})",
    f'![" onerror={SIGN} x="](https://e.example/x.png)',
    "![x](https://e.example/track.png)",
    f"[![x](https://e.example/a.png)](javascript:{SIGN})",
    f"![![x](javascript:{SIGN})](https://e.example/b.png)",
    f"![<img src=x onerror={SIGN}>](https://e.example/c.png)",
]

CODE = [
    f'```"><img src=x onerror={SIGN}>\nx\n```',
    f"```python onclick={SIGN}\n<script>{SIGN}</script>\n```",
    f"```html\n<script>{SIGN}</script>\n```",
    f"```html\n</code></pre><script>{SIGN}</script>",
    f"~~~{SIGN}\n</figcaption>\n~~~",
    f"`<img src=x onerror={SIGN}>`",
    f"    <script>{SIGN}</script>\n",
    "```python\n\ufdd000\x02\x02\n```",
]

MATHS = [
    rf"$\text{{<img src=x onerror={SIGN}>}}$",
    r"$\text{<div hx-get=/x hx-trigger=load>}$",
    rf"$\href{{javascript:{SIGN}}}{{x}}$",
    rf"\(\href{{javascript:{SIGN}}}{{x}}\)",
    rf"\[\text{{</mtext></math><script>{SIGN}</script>}}\]",
    rf"$$\text{{&lt;img src=x onerror={SIGN}&gt;}}$$",
    r"$\style{position:fixed;inset:0}{x}\class{toast}{y}$",
    rf"$\color{{red;background:url(javascript:{SIGN})}}{{x}}$",
    rf"$\textcolor{{'onclick={SIGN}}}{{x}}$",
    rf"$\hspace{{1em\"onclick=\"{SIGN}}}x$",
    r"$\hspace{-500em}\text{Sign in again}$",
    r"$\raise{-50em}{x}\rule{500em}{500em}$",
    rf"$\newcommand{{\x}}{{\text{{<script>{SIGN}</script>}}}}\x$",
    rf"$\tag{{<img src=x onerror={SIGN}>}}x$",
    rf"$\verb|<script>{SIGN}</script>|$",
    rf"$\operatorname{{<svg onload={SIGN}>}}$",
    rf"$\begin{{array}}{{c\"onclick={SIGN}}}x\end{{array}}$",
    rf"\(<annotation-xml encoding=text/html><script>{SIGN}</script>\)",
    rf"$<script>{SIGN}</script>$",
]

BLOCKS = [
    f"# <img src=x onerror={SIGN}> {{#composer .toast onclick={SIGN}}}",
    f"| <script>{SIGN}</script> | b |\n|---|---|\n"
    f"| <img src=x onerror={SIGN}> | [x](javascript:{SIGN}) |",
    f"a[^1]\n\n[^1]: <img src=x onerror={SIGN}> [x](javascript:{SIGN})",
    f'a[^" onclick={SIGN} x="]\n\n[^" onclick={SIGN} x="]: b',
    "a[^composer]\n\n[^composer]: b",
    f"- [ ] <input onfocus={SIGN} autofocus>\n- [x] b",
    f"> <script>{SIGN}</script>\n> > <b onclick={SIGN}>",
    f"1. <img src=x onerror={SIGN}>\n   <script>{SIGN}</script>",
    f"&lt;img src=x onerror={SIGN}&gt; &#60;script&#62;{SIGN}&#60;/script&#62;",
    f"\\<img src=x onerror={SIGN}>",
    f"*<b onclick={SIGN}>* **<script>{SIGN}</script>** ~~<svg onload={SIGN}>~~",
    f"a <hx-partial hx-target='#composer'><script>{SIGN}</script></hx-partial>",
    f"\ufdd000\x02<img src=x onerror={SIGN}>\x00",
]

PAYLOADS = [*RAW_HTML, *LINKS, *CODE, *MATHS, *BLOCKS]
