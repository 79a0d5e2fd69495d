/**
 * Node's own HTTP. An import would also load what else that module offers, as WebSocket: 20 ms that
 * nobody who waits for an answer gains anything by.
 */
export const {Agent, request} = process.getBuiltinModule('node:http');
