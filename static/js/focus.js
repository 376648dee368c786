// After a swap, focus goes to the new [data-focus] or .error-summary; after a plain page load with errors, too.
{
  const SUMMARY = ".error-summary"

  const take = (element) => {
    if (!element) return false
    if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1
    element.focus()
    element.removeAttribute("data-focus")
    return true
  }

  document.addEventListener("htmx:after:swap", () => setTimeout(() => {
    const fresh = document.querySelector("[data-focus]")
    if (fresh) take(fresh)
    else {
      const summary = document.querySelector(`${SUMMARY}:not([data-seen])`)
      if (take(summary)) summary.dataset.seen = ""
    }
  }))

  const first = document.querySelector(SUMMARY)
  if (take(first)) first.dataset.seen = ""

  // The summary's links lead into the field itself, not only near it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(`${SUMMARY} a[href^="#"]`)
    const field = link && document.getElementById(link.hash.slice(1))
    if (!field) return
    event.preventDefault()
    field.scrollIntoView({ block: "center" })
    field.focus({ preventScroll: true })
  })
}
