import {DecodeError} from '../kube/decode.ts';
import {type Json, parseJson, printJson} from '../kube/json.ts';
import {decodeStatus} from '../kube/protobuf/list.ts';
import {type Asked, badAnswer, refusal} from './apiError.ts';
import type {BodyStream, HttpAnswer} from './http.ts';
import type {Impersonation} from './kubeconfig.ts';

/** What is asked of the server, before anything is said about how. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly as?: Impersonation | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is left of the time for the answer. */
  readonly totalMs?: number | undefined;
  /** Receives the body of a 200; the answer then has none. */
  readonly reader?: BodyReader | undefined;
  /** Receives the body of a 200 that does not end by itself. */
  readonly stream?: BodyStream | undefined;
}

/** Reads a body as it comes in. `onOpen` starts over: there may be several attempts. */
export interface BodyReader extends BodyStream {
  /** The content types to ask for in the next attempt. */
  readonly accept: string;
  /** The body is complete; throws ApiError if it is unusable. */
  finish(): void;
}

export const jsonType = 'application/json';
export const protobufType = 'application/vnd.kubernetes.protobuf';
/** A list of metadata instead of the objects; servers older than v1.15 don't know it. */
export const metadataListType = `${protobufType};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`;

/** Whether a content type is Kubernetes' protobuf. */
export function isProtobuf(type: string): boolean {
  return type.split(';')[0]?.trim() === protobufType;
}

/** The headers of a request, except those that log in. `acceptEncoding` is for answers that are not a stream. */
export function headersOf(
  {body, contentType, as, reader, stream}: Request,
  acceptEncoding: string,
): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {
    Accept: reader?.accept ?? jsonType,
    // Packed events would wait for each other.
    'Accept-Encoding': stream ? 'identity' : acceptEncoding,
    'User-Agent': 'kubectl-psp',
  };
  if (body !== undefined) headers['Content-Type'] = contentType ?? jsonType;
  if (!as) return headers;
  headers['Impersonate-User'] = as.user;
  if (as.groups.length > 0) headers['Impersonate-Group'] = as.groups;
  if (as.uid) headers['Impersonate-Uid'] = as.uid;
  for (const [key, values] of Object.entries(as.extra ?? {})) {
    headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = values;
  }
  return headers;
}

/** The contents of an answer; null if it is empty, or went to the reader. Throws ApiError. */
export function contentOf(asked: Asked, answer: HttpAnswer, reader?: BodyReader): Json {
  const {status, headers, body} = answer;
  const type = headers['content-type'] ?? '';
  if (status < 200 || status >= 300) throw refusal(asked, status, refusalText(type, body));
  if (status === 200) reader?.finish();
  if (body.length === 0) return null;
  if (type.startsWith('text/html')) {
    const why = 'is a web page: check that it is the API server, and that no proxy wants a login';
    throw badAnswer(asked, why, 'WebPage');
  }
  try {
    return parseJson(textOf(body));
  } catch {
    // The parser's own message would quote the answer.
    throw badAnswer(asked, 'is not JSON, or only part of it');
  }
}

/** Whoever asks for protobuf gets refusals in it, too. */
function refusalText(type: string, body: Buffer): string {
  if (!isProtobuf(type)) return textOf(body);
  try {
    return printJson(decodeStatus(body));
  } catch (error) {
    if (error instanceof DecodeError) return '';
    throw error;
  }
}

/** A body as text. */
export function textOf(body: Buffer): string {
  return body.toString('utf8');
}
