// button[data-copy-from="#id"] (or data-copy="text") copies, and says so in its [data-copied] or in itself for two seconds.
{
  const text = (button) => {
    if (button.dataset.copy !== undefined) return new URL(button.dataset.copy, location.href).href
    const source = document.querySelector(button.dataset.copyFrom)
    if (!source) return ""
    return "value" in source ? source.value : source.textContent.trim()
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy-from], [data-copy]")
    if (!button) return
    event.preventDefault()
    const place = button.querySelector("[data-copied]") || button.nextElementSibling?.closest("[data-copied]")
    let word = place?.dataset.copied || "Copied"
    try {
      await navigator.clipboard.writeText(text(button))
    } catch {
      word = place?.dataset.failed || "Copying is not allowed here. Select the text instead."
    }
    if (!place) return
    const before = place.dataset.before ?? (place.dataset.before = place.textContent)
    place.setAttribute("role", "status")
    place.textContent = word
    setTimeout(() => { place.textContent = before }, 2000)
  })
}
