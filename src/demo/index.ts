/** The snapshot of the demo cluster, gzipped JSON as base64. Recorded by scripts/demo.ts. */
export const demoSnapshot = '';
