/**
 * Node's own HTTP. An import would also load what else that module offers, such as WebSocket: 20 ms from which
 * nobody who waits for an answer gains anything.
 */
export const {Agent, request} = process.getBuiltinModule('node:http');
