import { spawn } from 'node:child_process'
import type { SpeechEngine } from './speech.ts'

const timeoutMs = 20_000
/** An hour of speech: more than any text of a flow takes. */
const maxBytes = 200_000_000

/** The program espeak-ng, which Debian has. It knows most languages, and needs nothing else. */
export function espeak(command = 'espeak-ng'): SpeechEngine {
  return {
    name: 'espeak-ng',
    async speak({ text, language, voice }) {
      // The text comes by standard input: as an argument it could be taken for an option.
      const audio = await outputOf(command, ['-v', voiceOf(voice ?? language ?? 'en'), '--stdin', '--stdout'], text)
      if (audio.length === 0) throw new Error('espeak-ng gave no audio')
      return audio
    },
  }
}

/** `fr-FR` → `fr-fr`. A name that could be an option or a path is refused. */
function voiceOf(name: string): string {
  const voice = name.toLowerCase()
  if (!/^[a-z0-9][a-z0-9+_-]*$/.test(voice)) throw new Error(`there is no voice "${name}"`)
  return voice
}

function outputOf(command: string, args: string[], input: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: timeoutMs, stdio: ['pipe', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    let size = 0
    let complaint = ''
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) child.kill()
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, 500)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks))
      else reject(new Error(`${command} failed (${code ?? 'stopped'}): ${complaint.trim()}`))
    })
    // It may end before it has read everything: its exit code says what was wrong.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
