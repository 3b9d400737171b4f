import type { SpeechEngine } from './speech.ts'

export interface SpeechServiceOptions {
  /** Where the service answers; `/v1/audio/speech` is added. */
  url: string
  apiKey?: string | undefined
  model: string
  /** For texts that name no voice. */
  voice: string
}

const timeoutMs = 20_000

/**
 * A service with OpenAI's interface for speech, of which there are several to run oneself.
 * @see https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
export function speechService({ url, apiKey, model, voice: defaultVoice }: SpeechServiceOptions): SpeechEngine {
  return {
    name: `${url} ${model} ${defaultVoice}`,
    async speak({ text, voice = defaultVoice }) {
      const response = await fetch(new URL('v1/audio/speech', url.endsWith('/') ? url : `${url}/`), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
        body: JSON.stringify({ model, input: text, voice, response_format: 'wav' }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok) throw new Error(`the speech service answered ${response.status}: ${(await response.text()).slice(0, 200)}`)
      return new Uint8Array(await response.arrayBuffer())
    },
  }
}
