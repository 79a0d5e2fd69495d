/**
 * npm run demo:record: builds the demo cluster of these manifests in a real API server of Kubernetes
 * v1.24.17 and writes its snapshot to src/demo/snapshot.json. The same manifests give the same file.
 */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {recordDemo} from './cluster.ts';

const {text, refusals} = await recordDemo();
for (const {owner, message} of refusals) process.stderr.write(`refused: ${owner}: ${message}\n`);
writeFileSync(join(import.meta.dirname, '../../src/demo/snapshot.json'), text);
