import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { OpenApi } from './openapi.ts'

/** What Redocly's recommended rules find in the document, warnings too: `rule at #/place: message`. */
export async function lint(document: OpenApi): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'], telemetry: 'off' })
  const problems = await lintFromString({ source: JSON.stringify(document), config })
  return problems.map(({ ruleId, message, location: [place] }) => `${ruleId} at ${place?.pointer ?? '#'}: ${message}`)
}
