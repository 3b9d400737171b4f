import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What was recorded of a call on a real Asterisk: the events that it sent, and the requests that it answered. */
export type TranscriptLine =
  | { readonly atMs: number; readonly event: Record<string, unknown> & { readonly type: string } }
  | { readonly atMs: number; readonly request: string; readonly status: number }

/** The names of the files in `test/ari-transcripts`. */
export type TranscriptName =
  | 'amd-human'
  | 'amd-machine'
  | 'busy'
  | 'cancel-ringing'
  | 'dtmf-bargein-hangup'
  | 'early183'
  | 'nf'
  | 'noanswer'
  | 'record'
  | 'reject'
  | 'remotebye-during-play'
  | 's503'
  | 'unavail'

/** A recorded call. What bears the name of its channel bears `channelId` instead, e.g. its playbacks. */
export function transcript(name: TranscriptName, channelId: string): TranscriptLine[] {
  const path = fileURLToPath(new URL(`../ari-transcripts/${name}.ndjson`, import.meta.url))
  const text = readFileSync(path, 'utf8').replaceAll(/rec-[a-z0-9_]+/g, channelId)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TranscriptLine)
}
