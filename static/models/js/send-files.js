// <send-files> brings files to the server piece by piece. A form in it lists the files that were chosen;
// what comes back has a row for each that is wanted, which says from which byte on.
const BEGINNING = 1 << 20 // bytes by which a file is known again
const LEAST_PIECE = 1 << 16
const PAUSES_MS = [1000, 2000, 4000, 8000, 15000, 30000]
const PATIENCE_MS = 120000 // for one piece
const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] // in steps of 1000
const WANTED = /\.(gguf|safetensors|json)$|^tokenizer\.[^/]*$/i

// Not a real digest: crypto.subtle is missing on plain http, and this needs to withstand nobody.
async function fingerprint(file) {
  let a = 0x811c9dc5, b = 0x9e3779b9
  for (const byte of new Uint8Array(await file.slice(0, BEGINNING).arrayBuffer())) {
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 15)
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("")
}

const fill = (words, values) => words.replace(/%\((\w+)\)s/g, (all, name) => values[name] ?? all)

// Bytes in the unit that fits `whole`, as pages of jobs write them.
function scaled(bytes, whole = bytes) {
  let unit = 0
  while (whole / 1000 ** unit >= 999.5 && unit < UNITS.length - 1) unit += 1
  const digits = unit > 1 && whole / 1000 ** unit < 99.95 ? 1 : 0
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return [new Intl.NumberFormat(document.documentElement.lang, options).format(bytes / 1000 ** unit), UNITS[unit]]
}

class SendFiles extends HTMLElement {
  #chosen = [] // {file, role, name, size, fingerprint}
  #stop = null // aborts what is being sent
  #wake = null // ends a pause between two attempts
  #began = null // {at, offset} of what is being sent, since the connection was last lost
  #online = () => this.#wake?.()
  #leave = (event) => { if (this.#stop) event.preventDefault() } // the browser asks

  connectedCallback() {
    for (const type of ["submit", "change", "click"]) this.addEventListener(type, this)
    addEventListener("online", this.#online)
    addEventListener("beforeunload", this.#leave)
  }

  disconnectedCallback() {
    removeEventListener("online", this.#online)
    removeEventListener("beforeunload", this.#leave)
    this.#stop?.abort()
  }

  handleEvent(event) {
    const { type, target } = event
    if (type === "submit" && target.id === "upload") { event.preventDefault(); this.#begin(target) }
    else if (type === "change" && target.matches("[data-again]")) this.#again(target)
    else if (type === "click" && target.closest("[data-pause]")) this.#pause()
    else if (type === "click" && target.closest("[data-resume]")) { this.#send(); this.#part("pause").focus() }
  }

  get #rows() { return [...this.querySelectorAll("[data-file]")] }
  #part(name) { return this.querySelector(`[data-${name}]`) }

  async #begin(form) {
    const button = form.querySelector("button.primary")
    if (button.disabled) return
    button.disabled = true
    this.#part("trouble").textContent = ""
    try {
      this.#chosen = []
      for (const input of form.querySelectorAll("[data-role]")) this.#chosen.push(...await this.#read(input))
      form.elements.listed.value = JSON.stringify(this.#chosen.map(({ file, ...listed }) => listed))
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) })
      await this.#show(answer)
    } catch {
      this.#part("trouble").textContent = this.dataset.lost
    } finally { button.disabled = false }
  }

  async #read(input) {
    const found = []
    for (const file of input.files) {
      const name = file.webkitRelativePath ? file.webkitRelativePath.replace(/^[^/]*\//, "") : file.name
      if (input.webkitdirectory && !WANTED.test(name)) continue
      found.push({ file, role: input.dataset.role, name, size: file.size, fingerprint: await fingerprint(file) })
    }
    return found
  }

  // Takes the place of the form, and of what stands around it: the same, or the list of files.
  async #show(answer) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const fresh = page.querySelector("send-files")
    if (!fresh) { location.assign(answer.url); return } // signed out
    const picked = new Map([...this.querySelectorAll("[data-role]")].map(({ id, files }) => [id, files]))
    this.replaceChildren(...fresh.childNodes)
    for (const [id, files] of picked) {
      const input = document.getElementById(id)
      if (input) input.files = files
    }
    if (!answer.ok) { (this.querySelector("[aria-invalid=true]") ?? this.querySelector("[type=file]"))?.focus(); return }
    history.pushState(null, "", answer.url)
    document.title = page.title
    document.querySelector("h1").textContent = page.querySelector("h1").textContent
    document.getElementById("waiting")?.closest("section").remove()
    this.querySelector("h2").focus()
    this.#send()
  }

  async #again(input) {
    const before = this.#chosen.length
    const picked = await this.#read(input)
    this.#chosen.push(...picked.filter((each) => this.#rows.some((row) => this.#fits(each, row))))
    input.value = ""
    if (this.#chosen.length > before) this.#send()
    else if (picked.length) this.#status(this.dataset.other)
  }

  #fits(each, { dataset }) {
    const name = each.name.split("/").pop().toLowerCase()
    return dataset.name.split("/").pop().toLowerCase() === name && +dataset.size === each.size && dataset.fingerprint === each.fingerprint
  }

  #pause() {
    this.#stop?.abort()
    this.#stop = null
    this.#buttons(false)
    this.#part("resume").focus()
    this.#status(this.dataset.paused)
  }

  async #send() {
    this.#stop?.abort()
    const stop = this.#stop = new AbortController()
    const open = () => this.#rows.filter((row) => !("whole" in row.dataset))
    for (const row of open()) this.#say(row, this.#file(row) ? this.dataset.waits : this.dataset.wanted)
    this.#buttons(true)
    for (const row of open()) {
      const file = this.#file(row)
      if (!file) continue
      const goes = await this.#bring(row, file, stop.signal)
      if (stop.signal.aborted) { if (!this.#stop) this.#say(row, this.dataset.paused); return }
      if (!goes) break
    }
    this.#stop = null
    this.#buttons(false)
    if (!open().length) this.#part("creation").requestSubmit()
  }

  #file(row) { return this.#chosen.find((each) => this.#fits(each, row))?.file }

  // Sends one file; false where it makes no sense to go on.
  async #bring(row, file, signal) {
    let largest = +this.querySelector("[data-piece]").dataset.piece, piece = largest, failures = 0
    this.#began = null
    this.#say(row, this.dataset.sending)
    while (!("whole" in row.dataset)) {
      const offset = +row.dataset.offset
      this.#began ??= { at: performance.now(), offset }
      const answer = await this.#put(row, file.slice(offset, offset + piece), offset, signal)
      if (signal.aborted) return false
      const { status, said } = answer
      if (said?.offset !== undefined && (status === 200 || status === 409)) {
        failures = status === 200 && said.offset > offset ? 0 : failures + 1
        piece = Math.min(piece * 2, largest)
        this.#at(row, said)
        if (failures < 2) continue // the second time round it waits like everything else
      } else if (status === 413 && piece > LEAST_PIECE) { largest = piece /= 2; continue }
      else if (said?.error || answer.final) {
        if (status === 422) this.#chosen = this.#chosen.filter((each) => each.file !== file) // another one is wanted
        this.#warn(row, said?.error ?? answer.final)
        return false
      } else {
        failures += 1
        piece = Math.max(piece / 2, LEAST_PIECE) // which a slow connection brings in time
        this.#began = null
        this.#warn(row, this.dataset.lost)
      }
      await this.#rest(PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1], signal)
    }
    return true
  }

  async #put(row, body, offset, signal) {
    try { await body.slice(0, 1).arrayBuffer() } catch { return { final: this.dataset.unread } }
    const token = this.querySelector("[name=csrfmiddlewaretoken]").value
    const headers = { "Content-Type": "application/octet-stream", "Upload-Offset": offset, "X-CSRFToken": token }
    try {
      const answer = await fetch(row.dataset.file, { method: "PATCH", body, headers, redirect: "manual", signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) })
      if (answer.type === "opaqueredirect" || answer.status === 403) return { final: this.dataset.signedOut }
      if (answer.status === 404) return { final: this.dataset.refused }
      const isOurs = answer.headers.get("Content-Type") === "application/json"
      return { status: answer.status, said: isOurs ? await answer.json() : null }
    } catch { return {} }
  }

  #at(row, { offset, whole }) {
    row.dataset.offset = offset
    row.querySelector("progress").value = offset
    if (whole) row.dataset.whole = ""
    if (whole) this.#say(row, this.dataset.here)
    else this.#say(row, ...this.#figures(+row.dataset.size, offset))
  }

  // How much is there, how fast it comes, and how long that will take.
  #figures(size, offset) {
    const { part, speed, seconds, minutes, hours } = this.dataset
    const [total, unit] = scaled(size)
    const words = [fill(part, { done: scaled(offset, size)[0], total, unit })]
    const aSecond = this.#began && (offset - this.#began.offset) / (performance.now() - this.#began.at) * 1000
    if (!(aSecond > 0)) return words
    const left = (size - offset) / aSecond
    words.push(fill(speed, { size: scaled(aSecond).join("\u00a0") }))
    if (left < 55) words.push(fill(seconds, { n: Math.max(5, Math.round(left / 5) * 5) }))
    else if (left < 90 * 60) words.push(fill(minutes, { n: Math.round(left / 60) }))
    else words.push(fill(hours, { n: Math.round(left / 3600) }))
    return words
  }

  #say(row, ...words) {
    const said = row.querySelector("[data-said]")
    said.replaceChildren(...words.map((each) => Object.assign(document.createElement("span"), { textContent: each })))
    said.classList.remove("bad")
    said.classList.add("quiet")
    if ("whole" in row.dataset) this.#status(`${row.dataset.name}: ${words}`)
  }

  #warn(row, words) {
    const said = row.querySelector("[data-said]")
    if (said.textContent === words) return
    said.textContent = words
    said.classList.remove("quiet")
    said.classList.add("bad")
    this.#status(`${row.dataset.name}: ${words}`)
  }

  #status(words) { this.#part("status").textContent = words }

  #buttons(isSending) {
    const missing = this.#rows.some((row) => !("whole" in row.dataset) && !this.#file(row))
    const waits = this.#rows.some((row) => !("whole" in row.dataset) && this.#file(row))
    this.#part("pause").hidden = this.#part("keep").hidden = !isSending
    this.#part("resume").hidden = isSending || !waits
    if (this.#part("picks")) this.#part("picks").hidden = !missing
  }

  #rest(ms, signal) {
    return new Promise((resolve) => {
      this.#wake = resolve
      signal.addEventListener("abort", resolve, { once: true })
      setTimeout(resolve, ms)
    })
  }
}
customElements.define("send-files", SendFiles)
