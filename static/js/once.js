// A second press cannot send twice: form[data-once] locks its buttons on submit, and the pressed one says so after 150 ms.
{
  const locked = new WeakMap()

  const release = (form) => {
    clearTimeout(locked.get(form))
    locked.delete(form)
    for (const button of form.querySelectorAll("button[data-locked]")) {
      button.disabled = false
      button.removeAttribute("aria-busy")
      delete button.dataset.locked
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-once]")
    if (!form) return
    if (locked.has(form)) {
      event.preventDefault()
      event.stopImmediatePropagation()
      return
    }
    const pressed = event.submitter
    locked.set(form, setTimeout(() => pressed && pressed.setAttribute("aria-busy", "true"), 150))
    if (pressed) pressed.dataset.locked = ""
    // After this turn: a button disabled now would leave its own name and value out of what is sent.
    setTimeout(() => {
      if (form.matches("[data-hx-post], [data-hx-get]")) return // the lock is enough, and a disabled button would lose the focus
      if (event.defaultPrevented) return release(form)
      for (const button of form.querySelectorAll("button:not([type=button]):not(:disabled)")) {
        button.dataset.locked = ""
        button.disabled = true
      }
    })
  }, true)

  const releaseAll = () => document.querySelectorAll("form[data-once]").forEach(release)
  addEventListener("pageshow", releaseAll)
  document.addEventListener("htmx:finally:request", releaseAll)
  document.addEventListener("htmx:error", releaseAll)
}
