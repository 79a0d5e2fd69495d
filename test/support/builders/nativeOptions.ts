import type {NativeOptions} from '../../../src/inventory/native/options.ts';

/** All that PodSecurityPolicy did, on the newest server that is known. */
export const fullOptions: NativeOptions = {
  mode: 'full',
  server: 37,
  static: false,
  closeGaps: false,
  extensions: false,
};
