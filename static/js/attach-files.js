// <attach-files> takes in files that are picked, pasted or dropped. Each is uploaded at once and waits in
// the list of its form; which ones wait is kept in this tab, beside the draft.
const WAIT_IN = "files:"
const RECEIVED = [200, 422]

class AttachFiles extends HTMLElement {
  #form = null
  #uploads = new Map() // the request of each row that is on its way
  #submitter = null // what to send with, once all have arrived
  #stop

  connectedCallback() {
    this.#form = this.closest("form")
    this.#stop = new AbortController()
    const { signal } = this.#stop
    for (const type of ["change", "click", "paste", "htmx:after:request"]) this.#form.addEventListener(type, this, { signal })
    this.#form.addEventListener("submit", this, { signal, capture: true })
    for (const type of ["dragover", "dragleave", "drop"]) document.addEventListener(type, this, { signal })
    if (this.#list.children.length) this.#changed()
    else this.#restore()
  }

  disconnectedCallback() {
    this.#stop.abort()
    for (const request of this.#uploads.values()) request.abort()
  }

  handleEvent(event) {
    if (event.type === "change") this.#pick(event.target)
    else if (event.type === "click") this.#click(event.target)
    else if (event.type === "paste") this.#paste(event)
    else if (event.type === "submit") this.#submit(event)
    else if (event.type === "htmx:after:request") this.#answered(event.detail.ctx)
    else this.#drag(event)
  }

  get #list() { return this.#form.querySelector(".waiting") }
  get #key() {
    const { draft, draftFirst } = this.closest("chat-composer").dataset
    return draftFirst === undefined && WAIT_IN + draft // what is edited has its files in the page
  }

  #pick(input) {
    if (!input.matches("[data-for]")) return
    this.#take(input.files)
    input.value = ""
  }

  #click(target) {
    const pick = target.closest("[data-pick]")
    if (pick) {
      pick.closest("[popover]").hidePopover()
      this.querySelector(`[data-for=${pick.dataset.pick}]`).click()
    }
    const remove = target.closest("[data-remove]")
    if (remove) this.#remove(remove.closest("li"), remove.dataset.remove)
  }

  // A copied table comes as text and as a picture of it: the text is what is wanted.
  #paste(event) {
    const { files, types } = event.clipboardData
    if (!files.length || types.includes("text/plain")) return
    event.preventDefault()
    this.#take(files)
  }

  // What is dropped beside an edited question goes to the composer at the foot.
  #drag(event) {
    const aimed = event.target.closest?.("form:has(attach-files)") ?? document.getElementById("compose")
    const isOver = event.type === "dragover" && aimed === this.#form && event.dataTransfer.types.includes("Files")
    this.#form.toggleAttribute("data-over", isOver)
    if (aimed !== this.#form || !event.dataTransfer.types.includes("Files")) return
    event.preventDefault()
    if (event.type === "drop") this.#take(event.dataTransfer.files)
  }

  #take(files) {
    for (const file of files) {
      const row = this.querySelector("template").content.cloneNode(true).firstElementChild
      row.querySelector("bdi").textContent = file.name
      this.#list.append(row)
      const why = this.#refusal(file)
      if (why) this.#refuse(row, why)
      else this.#upload(row, file)
    }
    this.#showRefused()
    this.#form.querySelector("textarea").focus()
  }

  #refusal({ size, type }) {
    const { most, tooMany, largest, tooLarge, blind } = this.dataset
    if (this.#list.querySelectorAll("li:not(.refused)").length > most) return tooMany
    if (size > largest) return tooLarge
    const sees = document.querySelector("select[name=model] option:checked")?.matches(".sees")
    return type.startsWith("image/") && type !== "image/svg+xml" && !sees && blind
  }

  #refuse(row, why) {
    const said = document.createElement("small")
    said.className = "bad"
    said.role = "alert"
    said.textContent = why
    row.classList.add("refused")
    row.querySelector("progress").replaceWith(said)
  }

  // The list scrolls where it is long.
  #showRefused() {
    const list = this.#list
    const last = [...list.querySelectorAll(".refused")].at(-1)
    if (!last) return
    const above = last.offsetTop - list.offsetTop
    list.scrollTop = Math.min(above, Math.max(list.scrollTop, above + last.offsetHeight - list.clientHeight))
  }

  #upload(row, file) {
    const request = new XMLHttpRequest() // fetch does not tell how far an upload is
    request.open("POST", this.dataset.url)
    request.setRequestHeader("X-CSRFToken", this.#form.elements.csrfmiddlewaretoken.value)
    request.setRequestHeader("HX-Request", "true")
    const progress = row.querySelector("progress")
    request.upload.onprogress = ({ loaded, total }) => { progress.value = loaded / total }
    request.onloadend = () => this.#arrived(row, request)
    const body = new FormData()
    body.append("file", file, file.name)
    this.#uploads.set(row, request)
    request.send(body)
  }

  #arrived(row, request) {
    this.#uploads.delete(row)
    if (!row.isConnected) return
    const { signedOut, tooLarge, lost } = this.dataset
    if (RECEIVED.includes(request.status)) row.outerHTML = request.responseText
    else this.#refuse(row, { 401: signedOut, 413: tooLarge }[request.status] ?? lost)
    if (request.status !== 200) this.#showRefused()
    this.#changed()
    if (this.#submitter && !this.#uploads.size) this.#form.requestSubmit(this.#submitter)
  }

  #remove(row, url) {
    this.#uploads.get(row)?.abort()
    const headers = { "X-CSRFToken": this.#form.elements.csrfmiddlewaretoken.value, "HX-Request": "true" }
    if (url) fetch(url, { method: "POST", headers }).catch(() => {}) // else it is cleared away after a day
    row.remove()
    this.#changed()
    this.#form.querySelector("textarea").focus()
  }

  // Who sends while a file is on its way sends when it has arrived.
  #submit(event) {
    this.#submitter = null
    if (!this.#uploads.size) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.#submitter = event.submitter ?? this.#form.querySelector("button.primary")
  }

  #answered({ sourceElement, response }) {
    if (sourceElement === this.#form && response.status < 300 && this.#key) sessionStorage.removeItem(this.#key)
  }

  #changed() {
    const ids = [...this.#list.querySelectorAll("[name=attachment]")].map((each) => each.value)
    if (this.#key && ids.length) sessionStorage.setItem(this.#key, ids)
    else if (this.#key) sessionStorage.removeItem(this.#key)
    this.#list.dispatchEvent(new CustomEvent("webchat:files", { bubbles: true }))
  }

  async #restore() {
    const ids = this.#key && sessionStorage.getItem(this.#key)
    if (!ids) return
    const query = new URLSearchParams(ids.split(",").map((id) => ["id", id]))
    const answer = await fetch(`${this.dataset.url}?${query}`, { headers: { "HX-Request": "true" } })
    if (!answer.ok) return
    this.#list.insertAdjacentHTML("beforeend", await answer.text())
    this.#changed()
  }
}
customElements.define("attach-files", AttachFiles)
