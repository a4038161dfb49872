// A service worker shows a page of ours while the server is away. It can wait: the first load comes first.
const LATER_MS = 5000

if (isSecureContext && "serviceWorker" in navigator) {
  const register = () => navigator.serviceWorker.register("/service-worker.js").catch(() => {})
  addEventListener("load", () => setTimeout(register, LATER_MS))
}
