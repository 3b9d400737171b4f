import { definitionOf, type FlowGraph, type FlowNode } from './graph.ts'
import type { Problem } from './problem.ts'

/** The graph as the route checks walk it: the first node of each id, and the edges between known nodes, each with its pointer. */
interface Routes {
  readonly nodes: ReadonlyMap<string, { readonly node: FlowNode; readonly pointer: string }>
  readonly edgesFrom: ReadonlyMap<string, readonly RouteEdge[]>
}

interface RouteEdge {
  readonly output: string
  readonly target: string
  readonly pointer: string
}

/** What is wrong with the routes through a graph: its start, unreachable nodes, endless cycles, audio without an answered call. */
export function routeProblems(graph: FlowGraph): Problem[] {
  const duplicates = duplicateIds(graph)
  const routes = routesOf(graph)
  const start = startOf(graph)
  return [
    ...duplicates,
    ...('problem' in start ? [start.problem] : [...startProblems(start.node, graph), ...unreachableNodes(start.node, routes)]),
    ...edgesIntoDial(graph, routes),
    ...nodesWithoutCall(routes),
    ...cyclesWithoutTime(routes),
  ]
}

/** The node a flow starts with: the one it names, or the only one that no edge leads to. */
export function startOf(graph: FlowGraph): { node: FlowNode } | { problem: Problem } {
  if (graph.startNodeId !== undefined) {
    const node = graph.nodes.find(({ id }) => id === graph.startNodeId)
    if (node) return { node }
    return { problem: { pointer: '/startNodeId', code: 'unknown_start_node', message: `there is no node '${graph.startNodeId}'` } }
  }
  const targets = new Set(graph.edges.map((edge) => edge.target))
  const [node, ...others] = graph.nodes.filter(({ id }) => !targets.has(id))
  if (!node) return { problem: { pointer: '/nodes', code: 'no_start_node', message: 'every node has an edge that leads to it' } }
  if (others.length === 0) return { node }
  const candidates = [node, ...others].map(({ id }) => `'${id}'`).join(', ')
  const message = `no edge leads to ${candidates}: name one of them in startNodeId, or link the others`
  return { problem: { pointer: '/nodes', code: 'ambiguous_start_node', message } }
}

function duplicateIds(graph: FlowGraph): Problem[] {
  const seen = new Set<string>()
  return graph.nodes.flatMap(({ id }, index): Problem[] => {
    if (seen.has(id)) return [{ pointer: `/nodes/${index}/id`, code: 'duplicate_node_id', message: `'${id}' is used twice` }]
    seen.add(id)
    return []
  })
}

function routesOf(graph: FlowGraph): Routes {
  const nodes = new Map<string, { node: FlowNode; pointer: string }>()
  for (const [index, node] of graph.nodes.entries()) {
    if (!nodes.has(node.id)) nodes.set(node.id, { node, pointer: `/nodes/${index}` })
  }
  const edgesFrom = new Map<string, RouteEdge[]>()
  for (const [index, { source, output, target }] of graph.edges.entries()) {
    if (!nodes.has(source) || !nodes.has(target)) continue
    const edges = edgesFrom.get(source) ?? []
    edges.push({ output, target, pointer: `/edges/${index}` })
    edgesFrom.set(source, edges)
  }
  return { nodes, edgesFrom }
}

function startProblems(start: FlowNode, graph: FlowGraph): Problem[] {
  if (placesCall(start)) return []
  const pointer = `/nodes/${graph.nodes.indexOf(start)}/type`
  return [{ pointer, code: 'start_not_dial', message: `an outbound flow starts with a dial node, not with '${start.type}'` }]
}

function unreachableNodes(start: FlowNode, routes: Routes): Problem[] {
  const reached = reachedFrom([start.id], routes)
  return [...routes.nodes.values()].flatMap(({ node, pointer }): Problem[] =>
    reached.has(node.id) ? [] : [{ pointer, code: 'unreachable_node', message: `no route leads from the start to '${node.id}'` }],
  )
}

/** A call is dialed once: a retry is another call (contract rule 2). */
function edgesIntoDial(graph: FlowGraph, routes: Routes): Problem[] {
  return graph.edges.flatMap(({ target }, index): Problem[] => {
    const node = routes.nodes.get(target)?.node
    if (!node || !placesCall(node)) return []
    return [
      { pointer: `/edges/${index}/target`, code: 'leads_into_dial', message: 'no edge may lead to a dial node: a retry is a new call' },
    ]
  })
}

function placesCall(node: FlowNode): boolean {
  return definitionOf(node).unansweredOutputs !== undefined
}

/** Nodes that play or listen, and that an unanswered call can reach. */
function nodesWithoutCall(routes: Routes): Problem[] {
  const first = [...routes.nodes.values()].flatMap(({ node }) => {
    const unanswered = definitionOf(node).unansweredOutputs ?? []
    return (routes.edgesFrom.get(node.id) ?? []).filter((edge) => unanswered.includes(edge.output))
  })
  const reached = reachedFrom(
    first.map((edge) => edge.target),
    routes,
  )
  return [...routes.nodes.values()].flatMap(({ node, pointer }): Problem[] => {
    if (!reached.has(node.id) || !definitionOf(node).needsAnsweredCall) return []
    const message = `'${node.id}' needs a call that was answered, and can be reached without one`
    return [{ pointer, code: 'needs_answered_call', message }]
  })
}

function reachedFrom(ids: readonly string[], routes: Routes): ReadonlySet<string> {
  const reached = new Set(ids)
  for (const id of reached) {
    for (const edge of routes.edgesFrom.get(id) ?? []) reached.add(edge.target)
  }
  return reached
}

/** The edges that close a cycle in which every node ends at the instant it starts: such a cycle would never wait for the callee. */
function cyclesWithoutTime(routes: Routes): Problem[] {
  const problems: Problem[] = []
  const walked = new Map<string, 'open' | 'done'>()
  const isInstant = (id: string) => {
    const node = routes.nodes.get(id)?.node
    return node !== undefined && !definitionOf(node).takesTime
  }
  // At most maxNodes deep.
  const walk = (id: string): void => {
    walked.set(id, 'open')
    for (const edge of routes.edgesFrom.get(id) ?? []) {
      if (!isInstant(edge.target)) continue
      const state = walked.get(edge.target)
      if (state === undefined) walk(edge.target)
      if (state !== 'open') continue
      const message = 'this edge closes a cycle that takes no time: something in it has to play, ask or record'
      problems.push({ pointer: edge.pointer, code: 'endless_cycle', message })
    }
    walked.set(id, 'done')
  }
  for (const id of routes.nodes.keys()) if (isInstant(id) && !walked.has(id)) walk(id)
  return problems
}
