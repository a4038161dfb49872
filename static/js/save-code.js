// The button of a code block that saves it as a file, from the text that stands there.
// By the names that Pygments gives to languages.
const ENDINGS = {
  __proto__: null,
  Bash: "sh", Batchfile: "bat", C: "c", "C#": "cs", "C++": "cpp", CSS: "css", Clojure: "clj", Dart: "dart",
  Diff: "diff", Elixir: "ex", Erlang: "erl", "F#": "fs", Fortran: "f90", Go: "go", GraphQL: "graphql",
  Groovy: "groovy", HTML: "html", Haskell: "hs", INI: "ini", JSON: "json", JSX: "jsx", Java: "java",
  JavaScript: "js", Julia: "jl", Kotlin: "kt", LessCss: "less", Lua: "lua", Markdown: "md", Matlab: "m",
  "Nginx configuration file": "conf", Nix: "nix", OCaml: "ml", "Objective-C": "m", PHP: "php", Perl: "pl",
  "PostgreSQL SQL dialect": "sql", PowerShell: "ps1", "Protocol Buffer": "proto", Python: "py", Ruby: "rb",
  Rust: "rs", S: "r", SCSS: "scss", SQL: "sql", Scala: "scala", Swift: "swift", TOML: "toml", TSX: "tsx",
  TeX: "tex", Terraform: "tf", TypeScript: "ts", Vue: "vue", XML: "xml", YAML: "yaml", Zig: "zig",
}
const WHOLE_NAMES = { __proto__: null, CMake: "CMakeLists.txt", Docker: "Dockerfile", Makefile: "Makefile" }

function nameFor(language) {
  return WHOLE_NAMES[language] ?? `code.${ENDINGS[language] ?? "txt"}`
}

document.addEventListener("click", (event) => {
  const figure = event.target.closest(".prose figure.code [data-save]")?.closest("figure")
  if (!figure) return
  const pre = figure.querySelector("pre")
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([pre.textContent, "\n"], { type: "application/octet-stream" })) // as text it would get an ending
  link.download = nameFor(pre.getAttribute("aria-label"))
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href))
})
