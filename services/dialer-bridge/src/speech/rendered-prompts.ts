import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Speech } from '@carillon/call-flow/prompt'
import pLimit from 'p-limit'
import type { SpeechEngine } from './speech.ts'
import { beepWav, telephoneWav } from './telephone-wav.ts'

/** Spoken texts as files. A text is rendered once: the file's name is a hash of what is said, and how. */
export interface RenderedPrompts {
  /** The name of the file in the folder, without `.wav`. */
  fileOf(speech: Speech): Promise<string>
  /** The tone before a recording. */
  beep(): Promise<string>
}

/** Speaking takes a processor for itself. */
const atOnce = 2

export function renderedPrompts(folder: string, engine: SpeechEngine): RenderedPrompts {
  const inTurn = pLimit(atOnce)
  /** Renderings under way: calls that ask for the same text wait for the same file. */
  const rendering = new Map<string, Promise<string>>()

  async function render(name: string, audioOf: () => Promise<Uint8Array>): Promise<string> {
    const path = join(folder, `${name}.wav`)
    if (await exists(path)) return name
    const audio = await audioOf()
    await mkdir(folder, { recursive: true })
    // Under its name the file is always whole: several processes may render the same text.
    const draft = join(folder, `.${name}.${randomUUID()}`)
    await writeFile(draft, audio)
    await rename(draft, path)
    return name
  }

  function renderOnce(name: string, audioOf: () => Promise<Uint8Array>): Promise<string> {
    const known = rendering.get(name)
    if (known) return known
    const file = render(name, audioOf).finally(() => rendering.delete(name))
    rendering.set(name, file)
    return file
  }

  return {
    fileOf(speech) {
      const { text, language = '', voice = '' } = speech
      const said = JSON.stringify([engine.name, text, language, voice])
      const name = createHash('sha256').update(said).digest('hex')
      return renderOnce(name, async () => telephoneWav(await inTurn(() => engine.speak(speech))))
    },
    beep: () => renderOnce('beep', async () => beepWav()),
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
