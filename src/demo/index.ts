import type {JsonObject} from '../kube/json.ts';
import snapshot from './snapshot.json' with {type: 'json'};

/** The snapshot of the demo cluster, recorded from a real API server (npm run demo:record). */
export const demoSnapshot: JsonObject = snapshot;
