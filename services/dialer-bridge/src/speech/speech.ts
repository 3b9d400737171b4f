import type { Speech } from '@carillon/call-flow/prompt'

/** Speaks a text. Gives a WAV file. */
export interface SpeechEngine {
  /** Names the engine and its settings: another name gives other audio for the same text. */
  readonly name: string
  speak(speech: Speech): Promise<Uint8Array>
}
