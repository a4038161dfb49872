// A link with data-closes leads back where there is no dialog, and closes the one that it stands in.
document.addEventListener("click", (event) => {
  const dialog = event.target.closest?.("[data-closes]")?.closest("dialog")
  if (!dialog) return
  event.preventDefault()
  dialog.close()
})
