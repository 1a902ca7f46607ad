import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { Sha256 } from '@aws-crypto/sha256-js';
import { parseXML } from '@aws-sdk/xml-builder';
import { SignatureV4 } from '@smithy/signature-v4';
import { namedError } from '../../core/contracts/errors.ts';
import type { Ec2Reader } from '../../core/ports/ec2.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import type { SpokeSessions } from './spoke-role.ts';
import { createTokenBucket, type Sleep } from './token-bucket.ts';

interface Ec2ReaderOptions {
  readonly sessions: Pick<SpokeSessions, 'forAccount'>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** In place of EC2's own, as the SDK's clients take it from the environment. */
  readonly endpoint?: string | undefined;
}

const TRIES = 4;
const TIMEOUT_MILLISECONDS = 10_000;
/** A small rate of its own: the account's other tools share what EC2 gives. */
const RATE = { perSecond: 3, burst: 9 };
/** Values of one filter (API reference of DescribeSubnets). */
const MOST_VALUES = 200;

/** EC2's query protocol for three reads: the SDK's client is half a megabyte of shapes for them (docs/adr/0027). */
export function createEc2Reader({ sessions, clock, sleep, endpoint }: Ec2ReaderOptions): Ec2Reader {
  const bucket = createTokenBucket({ clock, sleep, ...RATE });

  async function send({ account, region }: Scope, form: Readonly<Record<string, string>>): Promise<XmlNode> {
    const url = new URL(
      endpoint ?? `https://ec2.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
    );
    const body = new URLSearchParams({ ...form, Version: '2016-11-15' }).toString();
    for (let tried = 1; ; tried += 1) {
      await bucket.take();
      const credentials = await sessions.forAccount(account);
      const signer = new SignatureV4({ service: 'ec2', region, credentials, sha256: Sha256 });
      const headers = { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
      const { hostname, protocol } = url;
      const signed = await signer.sign({ method: 'POST', protocol, hostname, path: '/', headers, body });
      const answer = await post(url, signed.headers, body).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.status === 200)
        return childOf(parseXML(answer.text), `${form.Action}Response`);
      const error = answer instanceof Error ? answer : refusalOf(answer);
      const passes = answer instanceof Error || answer.status >= 500 || error.name === 'RequestLimitExceeded';
      if (!passes || tried === TRIES) throw error;
      await sleep(2 ** tried * 250);
    }
  }

  /** Every page of everything that the filter lets through. */
  async function all(scope: Scope, operation: string, filter: string, values: readonly string[], set: string) {
    const items: XmlNode[] = [];
    for (let from = 0; from < values.length; from += MOST_VALUES) {
      const some = values.slice(from, from + MOST_VALUES).map((value, index) => [`Filter.1.Value.${index + 1}`, value]);
      let token = '';
      do {
        const page = token === '' ? {} : { NextToken: token };
        const asked = {
          Action: operation,
          MaxResults: '100',
          'Filter.1.Name': filter,
          ...Object.fromEntries(some),
          ...page,
        };
        const answer = await send(scope, asked);
        const found = childOf(answer, set).item ?? [];
        items.push(...((Array.isArray(found) ? found : [found]) as XmlNode[]));
        token = textOf(answer, 'nextToken') ?? '';
      } while (token !== '');
    }
    return items;
  }

  return {
    describeSubnets: async (scope, ids) =>
      (await all(scope, 'DescribeSubnets', 'subnet-id', ids, 'subnetSet')).map((item) => ({
        subnetId: known(item, 'subnetId'),
        availabilityZone: known(item, 'availabilityZone'),
        availableIpAddressCount: numberOf(item, 'availableIpAddressCount'),
      })),
    describeSecurityGroups: async (scope, ids) =>
      (await all(scope, 'DescribeSecurityGroups', 'group-id', ids, 'securityGroupInfo')).map((item) => ({
        groupId: known(item, 'groupId'),
      })),
    describeInstanceTypes: async (scope, types) =>
      (await all(scope, 'DescribeInstanceTypes', 'instance-type', types, 'instanceTypeSet')).map((item) => ({
        instanceType: known(item, 'instanceType'),
        ipv4AddressesPerInterface: numberOf(childOf(item, 'networkInfo'), 'ipv4AddressesPerInterface'),
      })),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function post(url: URL, headers: Record<string, string>, body: string): Promise<Answer> {
  const send = url.protocol === 'http:' ? requestPlain : request;
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  return new Promise((resolve, reject) => {
    const call = send(url, { method: 'POST', headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.once('error', reject);
    call.end(body);
  });
}

/** `<Response><Errors><Error><Code>`: what stands in front of EC2 writes other elements around the same two. */
function refusalOf({ status, text }: Answer): Error {
  const [, code = `Http${status}`] = /<Code>([^<]+)<\/Code>/.exec(text) ?? [];
  const [, message = `EC2 answered with ${status}.`] = /<Message>([^<]+)<\/Message>/.exec(text) ?? [];
  return Object.assign(new Error(message), { name: code });
}

interface XmlNode {
  readonly [element: string]: unknown;
}

/** An element without anything in it is parsed as an empty text. */
const childOf = (node: XmlNode, name: string): XmlNode =>
  typeof node[name] === 'object' && node[name] !== null ? (node[name] as XmlNode) : {};

const textOf = (node: XmlNode, name: string): string | undefined =>
  typeof node[name] === 'string' ? node[name] : undefined;

/** An answer without what the port promises is none: nothing is decided on a guess. */
function known(node: XmlNode, name: string): string {
  const text = textOf(node, name);
  if (text !== undefined && text !== '') return text;
  throw namedError('IncompleteAnswer', `EC2 answered without ${name}.`);
}

function numberOf(node: XmlNode, name: string): number {
  const number = Number(known(node, name));
  if (Number.isInteger(number)) return number;
  throw namedError('IncompleteAnswer', `EC2 answered with no number as ${name}.`);
}
