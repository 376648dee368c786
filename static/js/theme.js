// Footer theme choice: CSS applies it at once (:has), this remembers it. Without script the form has a button.
{
  document.addEventListener("change", async (event) => {
    const form = event.target.closest("[data-theme-form]")
    if (!form || event.target.name !== "theme") return
    const dark = { dark: true, light: false }[event.target.value]
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
      meta.content = dark === undefined ? meta.dataset.own : dark ? "#11161b" : "#f9f9f7"
    }
    try {
      await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", keepalive: true,
      })
    } catch {
      // The choice still holds on this page; nothing was lost that needs a message.
    }
  })
}
