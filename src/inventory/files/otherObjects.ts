import {customKindOf} from '../../kube/customKinds.ts';
import type {JsonObject} from '../../kube/json.ts';
import {count} from '../../text.ts';
import {partOf, podTemplatesIn} from '../kinds/podTemplates.ts';
import {type Lender, lenderOf} from './borrowedTemplates.ts';

/** A pod template of an object, and what distinguishes it from others there. */
export interface TemplatePlace {
  readonly path: readonly string[];
  readonly part: string | undefined;
}

/** What an object of a kind that is not Kubernetes' own means to an inventory. */
export interface OtherObject {
  readonly templates: readonly TemplatePlace[];
  /** Why its pods are not judged; undefined if all that can be seen are. */
  readonly unjudged: string | undefined;
}

/** Notes what kinds of objects there are, for people. */
export interface OtherKinds {
  /** Looks at an object of a kind that is not Kubernetes' own. */
  see(apiVersion: string, kind: string, value: JsonObject): OtherObject;
  remarks(): readonly string[];
}

const madeOfSettings = 'it has settings for pods that its controller makes';

/** Collects notes about kinds that are not Kubernetes' own. `hasLender`: whether the files hold what an object borrows from. */
export function otherKinds(hasLender: (lender: Lender, value: JsonObject) => boolean): OtherKinds {
  const skipped = new Map<string, number>();
  const idle = new Map<string, number>();
  const lookalikes = new Map<string, Map<string, number>>();
  const completed = new Map<string, number>();
  return {
    see(apiVersion, kind, value) {
      const custom = customKindOf(apiVersion, kind);
      const {found, hasOther, hasSettings, hasText} = podTemplatesIn(value);
      const templates = found.map(path => ({
        path,
        part: found.length > 1 ? partOf(path) : undefined,
      }));
      const holdsPods = found.length > 0 || hasOther || hasText;
      const lender = custom?.pods === 'template' && !templates.length ? lenderOf(value) : undefined;
      if (lender !== undefined) return borrowing(lender, hasLender(lender, value));
      if (custom?.pods === 'none') {
        increase(holdsPods ? idle : skipped, kind);
        return {templates: [], unjudged: undefined};
      }
      const isMade = custom?.pods === 'fields' || (custom?.pods === 'completed' && !found.length);
      if (isMade) return {templates, unjudged: 'its controller makes pods of more than a template'};
      if (hasOther)
        return {templates, unjudged: 'it holds a pod spec at a place that is not known'};
      if (hasSettings && custom?.pods !== 'template') return {templates, unjudged: madeOfSettings};
      if (hasText) return {templates, unjudged: 'it holds a text that looks like a pod spec'};
      if (found.length === 0) increase(skipped, kind);
      else if (custom?.pods === 'completed') increase(completed, kind);
      else if (custom === undefined) {
        const places = lookalikes.get(kind) ?? new Map<string, number>();
        lookalikes.set(kind, places);
        increase(places, found.map(path => path.join('.')).join(' and '));
      }
      return {templates, unjudged: undefined};
    },
    remarks: () => [
      ...[...lookalikes].flatMap(([kind, places]) =>
        [...places].map(([place, n]) => lookalikeText(kind, place, n)),
      ),
      ...[...completed].map(
        ([kind, n]) =>
          `${n} ${kind} judged by the pod template in it: its controller may add to the pods`,
      ),
      ...textOf(skipped, 'without a pod template'),
      ...textOf(idle, 'with pod templates that create no pods'),
    ],
  };
}

/** Where the lender is there, it is judged in its own name. */
function borrowing({kind, name}: Lender, isThere: boolean): OtherObject {
  const unjudged = isThere ? undefined : `its pod template is that of ${kind} ${name}`;
  return {templates: [], unjudged};
}

function lookalikeText(kind: string, place: string, n: number): string {
  const what = n === 1 ? 'a workload' : 'workloads';
  const looks = place.includes(' and ') ? 'look like pod templates' : 'looks like a pod template';
  return `${n} of unknown kind ${kind} read as ${what}: ${place} ${looks}`;
}

function textOf(kinds: ReadonlyMap<string, number>, what: string): readonly string[] {
  if (kinds.size === 0) return [];
  const total = [...kinds.values()].reduce((sum, n) => sum + n, 0);
  const names = [...kinds].sort().map(([kind, n]) => `${n} ${kind}`);
  return [`skipped ${count(total, 'object')} ${what}: ${names.join(', ')}`];
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
