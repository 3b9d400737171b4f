import { posix } from 'node:path'
import type { Logger } from '@carillon/service-kit/process/logger'
import type { RenderedPrompts } from '../../speech/rendered-prompts.ts'
import type { PromptSource } from './asterisk-carrier.ts'

/**
 * Prompts by their names among the PBX's sounds, and texts rendered to a folder that it reads.
 * @param folder where the PBX sees the rendered texts
 */
export function promptSource(prompts: RenderedPrompts, folder: string, logger: Logger): PromptSource {
  return async (prompt) => {
    try {
      if (prompt !== 'beep' && 'media' in prompt) return soundOf(prompt.media)
      return `sound:${posix.join(folder, await (prompt === 'beep' ? prompts.beep() : prompts.fileOf(prompt)))}`
    } catch (error) {
      logger.warn({ err: error }, 'a prompt cannot be had')
      return null
    }
  }
}

/** A name may hold what a contact's attributes say: it must not lead out of the PBX's sounds. */
function soundOf(media: string): string {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_ .\-/]*$/u.test(media) || media.split('/').some((part) => part === '' || part.startsWith('.'))) {
    throw new Error(`"${media.slice(0, 100)}" is no name of a sound`)
  }
  return `sound:${media.replace(/\.(wav|gsm|ulaw|alaw|sln)$/, '')}`
}
