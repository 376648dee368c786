// The editor: write and preview, and a draft that is saved two seconds after the last key.
// .editor[data-preview-url][data-draft-url] > textarea + .prose + [data-draft-state]; see components/editor.html.
{
  const drafts = new WeakMap()
  const field = (editor) => editor.querySelector("textarea")
  const state = (editor, text) => {
    const place = editor.querySelector("[data-draft-state]")
    if (place) place.textContent = text
  }

  const toolbar = () => {
    const editor = document.querySelector(".editor[data-toolbar-src]")
    if (editor && !customElements.get("markdown-toolbar")) import(editor.dataset.toolbarSrc).catch(() => {})
  }

  const view = async (editor, name) => {
    editor.dataset.view = name
    for (const button of editor.querySelectorAll("[data-view-button]")) {
      button.setAttribute("aria-pressed", String(button.dataset.viewButton === name))
    }
    if (name === "write") return field(editor).focus()
    const pane = editor.querySelector(":scope > .prose")
    editor.setAttribute("aria-busy", "true")
    try {
      const answer = await fetch(editor.dataset.previewUrl, {
        method: "POST", body: new URLSearchParams({ text: field(editor).value }), headers: { "HX-Request": "true" },
      })
      if (!answer.ok) throw new Error(String(answer.status))
      pane.innerHTML = await answer.text() // cleaned by the server, which is the only source
    } catch {
      pane.textContent = "The preview did not arrive. Your text is still here; try again in a moment."
    }
    editor.removeAttribute("aria-busy")
  }

  // The draft's place stands in the address; the rest is what the form holds.
  const body = (editor) => {
    const form = new FormData(editor.closest("form"))
    const values = new URLSearchParams(new URL(editor.dataset.draftUrl, location.href).search)
    values.set("body", field(editor).value)
    for (const name of ["title", "tags", "section"]) if (form.get(name)) values.set(name, form.get(name))
    return values
  }

  const save = async (editor) => {
    const values = body(editor)
    const draft = drafts.get(editor) || {}
    if (String(values) === draft.saved || editor.closest("form")?.querySelector("[data-locked]")) return
    try {
      const answer = await fetch(editor.dataset.draftUrl, { method: "POST", body: values, keepalive: true })
      if (!answer.ok) throw new Error(String(answer.status))
      drafts.set(editor, { ...drafts.get(editor), saved: String(values) })
      state(editor, "Draft saved")
    } catch {
      state(editor, "Draft not saved yet. We try again when you type.")
    }
  }

  const later = (editor) => {
    const draft = drafts.get(editor) || {}
    clearTimeout(draft.timer)
    drafts.set(editor, { ...draft, timer: setTimeout(() => save(editor), 2000) })
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form")
    const editor = event.target.closest(".editor") || form?.querySelector(".editor[data-draft-url]")
    if (editor && editor.dataset.draftUrl) later(editor)
  })

  document.addEventListener("submit", (event) => {
    const editor = event.target.querySelector(".editor[data-draft-url]")
    if (editor) clearTimeout(drafts.get(editor)?.timer)
  })

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view-button]")
    const editor = button?.closest(".editor[data-preview-url]")
    if (editor) view(editor, button.dataset.viewButton)
  })

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest(".editor")) return
    const form = event.target.closest("form")
    form?.requestSubmit(form.querySelector("button.primary") || undefined)
  })

  document.addEventListener("htmx:after:swap", () => setTimeout(toolbar))
  toolbar()
}
