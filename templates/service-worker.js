// Shows a page of our own while the server is away. It keeps that page and what it is made of, and
// nothing else: no page that somebody asked for, no conversation, no answer. {{ digest }}
{% load static %}const OFFLINE = "{% url "offline" %}"
const KEPT = [OFFLINE, "{% static "webchat.css" %}", "{% static "icons/favicon.svg" %}"]
const CACHE = "offline {{ digest }}"

addEventListener("install", (event) => event.waitUntil(keep()))
addEventListener("activate", (event) => event.waitUntil(tidy()))
addEventListener("fetch", (event) => {
  const { request } = event
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(visit(event))
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(load(request))
})
addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(show(event.notification.data))
})

async function keep() {
  const cache = await caches.open(CACHE)
  await cache.addAll(KEPT.map((path) => new Request(path, { credentials: "omit", cache: "reload" })))
  await skipWaiting()
}

async function tidy() {
  await registration.navigationPreload?.enable() // a page does not wait until this worker has started
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name)
}

async function visit({ request, preloadResponse }) {
  try {
    return (await preloadResponse) ?? (await fetch(request))
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error()
  }
}

async function load(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match(request)) ?? Response.error()
  }
}

async function show(path) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true })
  const there = pages.find(({ url }) => new URL(url).pathname === path)
  return there ? there.focus() : clients.openWindow(path)
}
