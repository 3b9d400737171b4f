import { basename, extname } from 'node:path'
import type { FlowGraph } from '@carillon/call-flow/graph'
import { checkFlow } from '@carillon/call-flow/validation'
import { readJsonFile } from './json-file.ts'
import { refusedContent, refusedFile } from './refusal.ts'

/** What a flow is made from. */
export interface FlowInput {
  name: string
  graph: FlowGraph
}

/** Reads a flow: the body of POST /flows, or the graph alone, which is then named after the file. Refuses a flow that could not run. */
export function readFlowFile(path: string): FlowInput {
  const body = readJsonFile(path)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw refusedFile(path, 'a flow is a JSON object with a graph')
  const isWrapped = 'graph' in body
  const graph = isWrapped ? body.graph : body
  const check = checkFlow(graph)
  if (!check.ok) {
    const prefix = isWrapped ? '/graph' : ''
    const problems = check.problems.map(({ pointer, message }) => ({ pointer: prefix + pointer, message }))
    throw refusedContent(path, 'not a valid flow', problems)
  }
  const hasName = isWrapped && 'name' in body && typeof body.name === 'string' && body.name.trim() !== ''
  return { name: hasName ? String(body.name) : basename(path, extname(path)), graph: check.graph }
}
