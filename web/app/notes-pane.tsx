/**
 * The NOTES of the algorithm. They may come from any program that wrote a run,
 * so their HTML is shown as text, and what Markdown makes of the rest is
 * cleaned before it is put in the page: the only place where HTML is.
 */
import { useEffect, useState } from 'preact/hooks'
import { readNotes } from './load.ts'
import { seen } from './state.ts'

export function NotesPane() {
  const run = seen.run.value
  const [html, setHtml] = useState<string | null | undefined>(undefined)
  useEffect(() => {
    let wanted = true
    setHtml(undefined)
    const show = (text: string | null) => wanted && setHtml(text)
    if (run !== null) notesHtml(run).then(show, () => show(null))
    return () => {
      wanted = false
    }
  }, [run])
  if (html === undefined) return null
  if (html === null) return <p class="quiet">No notes are kept with this run.</p>
  // Cleaned by DOMPurify above, with raw HTML off.
  return <article class="notes" dangerouslySetInnerHTML={{ __html: html }} />
}

async function notesHtml(id: string): Promise<string | null> {
  const text = await readNotes(id)
  if (text === null) return null
  const [{ Marked }, { default: purify }] = await Promise.all([import('marked'), import('dompurify')])
  const marked = new Marked({ gfm: true, async: false })
  marked.use({
    renderer: {
      html: ({ text: raw }) => escaped(raw),
      // It scrolls by itself, and so must be reachable by keyboard.
      code: ({ text: raw }) => `<pre tabindex="0"><code>${escaped(raw)}\n</code></pre>`,
    },
  })
  return purify.sanitize(marked.parse(text) as string, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'img', 'video', 'audio'],
    FORBID_ATTR: ['style', 'id', 'class'],
  })
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (raw: string) => raw.replace(/[&<>"]/g, (character) => ENTITIES[character]!)
