import { type Static, Type } from '@sinclair/typebox'
import { closed } from './config-schema.ts'
import type { NodeText } from './node-type.ts'
import { compileTemplate, renderTemplate, type Template } from './template.ts'
import type { Variables } from './variable.ts'

export const Media = Type.String({ minLength: 1, maxLength: 1000, description: 'Name or URL of the audio. A template' })

const SpokenText = Type.String({
  minLength: 1,
  maxLength: 4000,
  description: 'Text to speak. A template: `{{contact.firstName|client}}` puts in a variable, or else `client`',
})
const Language = Type.String({ minLength: 2, maxLength: 35, description: 'The language of the text (BCP 47), such as fr-FR' })
const Voice = Type.String({ minLength: 1, maxLength: 100, description: 'The name of a voice of the carrier' })

/** A text to speak, as a flow configures it. */
export const SpeechConfig = closed({ text: SpokenText, language: Type.Optional(Language), voice: Type.Optional(Voice) })

/** What is played before the callee shall act, as a flow configures it. */
export const PromptConfig = Type.Union([closed({ media: Media }), SpeechConfig])
export type PromptConfig = Static<typeof PromptConfig>

/** A text to speak, with the variables put in. */
export interface Speech {
  readonly text: string
  readonly language?: string
  readonly voice?: string
}

/** An audio or a text, with the variables put in. */
export type Prompt = { readonly media: string } | Speech

export interface CompiledSpeech {
  readonly text: Template
  readonly language?: string
  readonly voice?: string
}
export type CompiledPrompt = { readonly media: Template } | CompiledSpeech

export function compileSpeech(config: Static<typeof SpeechConfig>): CompiledSpeech {
  return { ...config, text: compileTemplate(config.text) }
}

export function compilePrompt(config: PromptConfig): CompiledPrompt {
  return 'media' in config ? { media: compileTemplate(config.media) } : compileSpeech(config)
}

export function renderSpeech({ text, language, voice }: CompiledSpeech, variables: Variables): Speech {
  return {
    text: renderTemplate(text, variables),
    ...(language === undefined ? {} : { language }),
    ...(voice === undefined ? {} : { voice }),
  }
}

export function renderPrompt(prompt: CompiledPrompt, variables: Variables): Prompt {
  return 'media' in prompt ? { media: renderTemplate(prompt.media, variables) } : renderSpeech(prompt, variables)
}

/** The template of an optional prompt. */
export function promptTemplates(prompt: PromptConfig | undefined): NodeText[] {
  if (!prompt) return []
  return 'media' in prompt
    ? [{ pointer: '/config/prompt/media', text: prompt.media }]
    : [{ pointer: '/config/prompt/text', text: prompt.text }]
}
