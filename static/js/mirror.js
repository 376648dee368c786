// [data-mirror="ID"] shows the same text as #ID, also after that one was swapped.
document.addEventListener("htmx:after:swap", () => setTimeout(() => {
  for (const copy of document.querySelectorAll("[data-mirror]")) {
    const source = document.getElementById(copy.dataset.mirror)
    if (source) copy.textContent = source.textContent
  }
}))
