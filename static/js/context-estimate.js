// While a long text is typed or a file is attached, the gauge shows about how full the context would be.
// It goes back to what Ollama counted once the composer is empty; the server judges again what is sent.
const WORTH_SAYING = 50 // tokens
const RATIO = 3.5 // characters of a token, as long as none was learned
// As inference/weighing.py reckons: a digit or a sign of a hash, and a byte of what is not ASCII, in characters.
const DENSE = 2.5
const BYTE = .875
let said = null // the words that the server made
let level = null

function number(tokens) {
  const unit = tokens % 1024 === 0 ? 1024 : 1000
  const rounded = tokens < 1000 ? tokens : Math.round(tokens / unit * 10) / 10
  return new Intl.NumberFormat(document.documentElement.lang).format(rounded) + (tokens < 1000 ? "" : " k")
}

function weight(text) {
  const digits = (part) => part.length - part.replace(/[0-9]+/g, "").length
  const runs = (text.match(/[A-Za-z0-9+/]{24,}/g) ?? []).filter(digits)
  const dense = runs.reduce((sum, run) => sum + run.length - digits(run), digits(text))
  const ascii = text.replace(/[^\x00-\x7f]+/g, "").length
  const others = new TextEncoder().encode(text).length - ascii
  return ascii + (DENSE - 1) * dense + BYTE * others
}

function typed(ratio, image) {
  const text = document.getElementById("message")?.value ?? ""
  const files = [...document.querySelectorAll("#compose .waiting li:has(input:checked)")]
  const tokens = files.map((file) => file.dataset.tokens === "image" ? image : file.dataset.tokens)
  const attached = tokens.reduce((sum, each) => sum + Number(each || 0), 0)
  return attached + Math.ceil(weight(text) / ratio)
}

function estimate() {
  const gauge = document.getElementById("gauge")
  const words = document.getElementById("gauge-words")
  if (!gauge || !words) return
  const meter = gauge.querySelector("meter")
  const { used, size, ratio, image } = gauge.dataset
  const more = typed(Number(ratio) || RATIO, image)
  if (more < WORTH_SAYING) return restore(words, meter)
  if (said?.words !== words) {
    said = { words, text: words.textContent, tight: words.classList.contains("warn") }
    level = meter?.value
  }
  const whole = Number(used || 0) + more
  const phrase = size && used !== "" ? words.dataset.about : words.dataset.more
  const about = phrase.replace("{used}", number(whole)).replace("{size}", number(Number(size)))
  if (words.textContent !== about) words.textContent = about
  words.classList.toggle("warn", Boolean(size) && whole > Number(size) * .78)
  if (meter) meter.value = Math.min(whole, meter.max)
}

function restore(words, meter) {
  if (said?.words !== words) return
  words.textContent = said.text
  words.classList.toggle("warn", said.tight)
  if (meter && level !== undefined) meter.value = level
  said = null
}

document.addEventListener("input", (event) => event.target.closest("#compose") && estimate())
document.addEventListener("change", (event) => event.target.closest("#compose") && estimate())
document.addEventListener("webchat:files", estimate)
const composer = document.querySelector("chat-composer:has(#compose)")
if (composer) new MutationObserver(estimate).observe(composer, { childList: true, subtree: true }) // also of the gauge alone
estimate()
