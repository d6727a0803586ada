/** Takes a file that is dropped anywhere on the page. */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { openFile } from './state.ts'

const over = signal(false)

export function DropZone() {
  useEffect(() => {
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false
    const enters = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      over.value = true
    }
    const leaves = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false
    }
    const drops = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      over.value = false
      const file = event.dataTransfer?.files[0]
      if (file !== undefined) void openFile(file)
    }
    addEventListener('dragover', enters)
    addEventListener('dragleave', leaves)
    addEventListener('drop', drops)
    return () => {
      removeEventListener('dragover', enters)
      removeEventListener('dragleave', leaves)
      removeEventListener('drop', drops)
    }
  }, [])
  return over.value ? <p class="drop-here">Let go to open the spans in it: OTLP as JSON lines</p> : null
}

/** The same without a mouse. */
export function OpenFile() {
  return (
    <label class="open-file">
      Open a file of spans (OTLP, JSON lines){' '}
      <input
        type="file"
        accept=".jsonl,.json,.ndjson"
        onChange={(event) => {
          const { files } = event.currentTarget
          const file = files?.[0]
          event.currentTarget.value = ''
          if (file !== undefined) void openFile(file)
        }}
      />
    </label>
  )
}
