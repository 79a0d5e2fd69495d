import {expect} from 'vitest';
import {UserError} from '../../src/errors.ts';
import type {Json} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';

/** The values of the documents of a text. */
export function values(text: string): readonly Json[] {
  return readDocuments(text, 'f.yaml').map(({value}) => value);
}

/** What is wrong with a text: the message of a `UserError` with exit code 3. */
export function errorOf(text: string): string {
  try {
    return `no error, but ${JSON.stringify(readDocuments(text, 'f.yaml'))}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.exitCode).toBe(3);
    return error.message;
  }
}
