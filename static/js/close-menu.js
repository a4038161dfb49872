// A menu closes once what was chosen in it is done; where that failed it stays, and says so. A dialog that
// comes as the answer closes it by itself, and leads back to it.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "POST" || !(ctx.response?.status < 300)) return
  ctx.sourceElement.closest(".menu:popover-open form:not([hx-target='#dialogs'])")?.closest(".menu").hidePopover()
})
