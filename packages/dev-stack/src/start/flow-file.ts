import { basename, extname } from 'node:path'
import { checkFlow } from '@carillon/call-flow/validation'
import { readJsonFile } from './json-file.ts'
import { firstProblem, refusedFile } from './refusal.ts'

/** What a flow is made from. */
export interface FlowInput {
  name: string
  graph: unknown
}

/** Reads a flow: the body of POST /flows, or the graph alone, which is then named after the file. Refuses a flow that could not run. */
export function readFlowFile(path: string): FlowInput {
  const body = readJsonFile(path)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw refusedFile(path, 'a flow is a JSON object with a graph')
  const isWrapped = 'graph' in body
  const graph = isWrapped ? body.graph : body
  const check = checkFlow(graph)
  if (!check.ok) throw refusedFile(path, `not a valid flow: ${firstProblem(check.problems, isWrapped ? '/graph' : '')}`)
  const hasName = isWrapped && 'name' in body && typeof body.name === 'string' && body.name.trim() !== ''
  return { name: hasName ? String(body.name) : basename(path, extname(path)), graph }
}
