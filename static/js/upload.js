// Images in the editor: the image button, paste and drop send a file to data-upload-url and put the Markdown at the caret.
// The answer is {"markdown": "![...](...)"} or {"error": "a sentence"}.
{
  const editorOf = (event) => event.target.closest?.(".editor[data-upload-url]")
  const images = (list) => [...(list || [])].filter((file) => file.type.startsWith("image/"))

  const insert = (area, text) => {
    const from = area.selectionStart
    const lead = from > 0 && area.value[from - 1] !== "\n" ? "\n" : ""
    area.setRangeText(`${lead}${text}\n`, from, area.selectionEnd, "end")
    changed(area)
  }

  const changed = (area) => area.dispatchEvent(new Event("input", { bubbles: true }))

  const swap = (area, from, to) => {
    const at = area.value.indexOf(from)
    if (at < 0) return
    const caret = area.selectionStart + (area.selectionStart > at ? to.length - from.length : 0)
    area.setRangeText(to, at, at + from.length, "preserve")
    area.setSelectionRange(caret, caret)
    changed(area)
  }

  const say = (editor, text) => {
    const place = editor.querySelector("[data-upload-state]") || editor.querySelector("[data-draft-state]")
    if (place) place.textContent = text
  }

  const send = async (editor, file) => {
    const area = editor.querySelector("textarea")
    const name = (file.name || "image").replace(/[[\]()]/g, "")
    const holder = `![Sending ${name} ${Math.random().toString(36).slice(2, 6)}…]()`
    insert(area, holder)
    say(editor, `Sending ${name}`)
    const data = new FormData()
    data.append("file", file, name)
    try {
      const answer = await fetch(editor.dataset.uploadUrl, {
        method: "POST", body: data, headers: { Accept: "application/json" },
      })
      const result = await answer.json()
      if (!result.markdown) throw new Error(result.error || "")
      swap(area, holder, result.markdown)
      say(editor, `${name} is in your text`)
    } catch (problem) {
      swap(area, holder, "")
      const known = problem instanceof SyntaxError || problem instanceof TypeError ? "" : problem.message
      say(editor, known || `${name} was not sent. Your text is unchanged; try again.`)
    }
  }

  const sendAll = async (editor, files) => {
    for (const file of files) await send(editor, file)
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-upload-button]")
    if (button) editorOf(event)?.querySelector("input[type=file]")?.click()
  })

  document.addEventListener("change", (event) => {
    const editor = event.target.matches?.(".editor input[type=file]") && editorOf(event)
    if (!editor) return
    sendAll(editor, images(event.target.files))
    event.target.value = ""
  })

  document.addEventListener("paste", (event) => {
    const editor = editorOf(event)
    const files = editor ? images(event.clipboardData?.files) : []
    if (!files.length) return
    event.preventDefault()
    sendAll(editor, files)
  })

  document.addEventListener("dragover", (event) => {
    const editor = editorOf(event)
    if (!editor || ![...event.dataTransfer.types].includes("Files")) return
    event.preventDefault()
    editor.classList.add("is-dropping")
  })

  document.addEventListener("dragleave", (event) => editorOf(event)?.classList.remove("is-dropping"))

  document.addEventListener("drop", (event) => {
    const editor = editorOf(event)
    if (!editor) return
    editor.classList.remove("is-dropping")
    const files = images(event.dataTransfer.files)
    if (!files.length) return
    event.preventDefault()
    sendAll(editor, files)
  })
}
