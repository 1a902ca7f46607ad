import { oneRule, type Refusal, shop } from './refusal.ts';

const operation = 'TagResource' as const;
const resourceArn = 'arn:aws:eks:eu-central-1:111111111111:cluster/shop';
const bad = { error: 'BadRequestException', status: 400 } as const;
const missing = { error: 'NotFoundException', status: 404, message: /^Resource not found: arn:aws:eks:/ } as const;
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']));

/** Limits of tags are AWS's everywhere; the two errors are the only ones that TagResource and UntagResource declare. */
export const tagRefusals: readonly Refusal[] = [
  ...oneRule(
    {
      name: 'tags of what does not exist',
      source: 'the API’s model',
      world: shop(),
      operation,
      input: { resourceArn: `${resourceArn}s`, tags: { team: 'retail' } },
      ...missing,
    },
    {
      name: 'tags of a cluster of another account',
      source: 'the API’s model',
      world: shop({ account: '222222222222' }),
      operation,
      input: { resourceArn: resourceArn.replace('111111111111', '222222222222'), tags: { team: 'retail' } },
      ...missing,
    },
  ),
  ...oneRule(
    {
      name: 'a tag of AWS',
      source: 'tags of AWS',
      world: shop(),
      operation,
      input: { resourceArn, tags: { 'AWS:owner': 'me' } },
      ...bad,
      message: /^Tag key AWS:owner must not start with aws:$/,
    },
    {
      name: 'a tag key of 129 characters',
      source: 'tags of AWS',
      world: shop(),
      operation,
      input: { resourceArn, tags: { ['k'.repeat(129)]: 'x' } },
      ...bad,
      message: /must be between 1 and 128 characters$/,
    },
    {
      name: 'a tag value of 257 characters',
      source: 'tags of AWS',
      world: shop(),
      operation,
      input: { resourceArn, tags: { team: 'x'.repeat(257) } },
      ...bad,
      message: /^The value of tag team must be at most 256 characters$/,
    },
    {
      name: '51 tags at once',
      source: 'tags of AWS',
      world: shop(),
      operation,
      input: { resourceArn, tags: tags(51) },
      ...bad,
      message: /^A resource can have at most 50 tags$/,
    },
    {
      name: 'the 51st tag',
      source: 'tags of AWS',
      world: shop({ tags: tags(50) }),
      operation,
      input: { resourceArn, tags: { team: 'retail' } },
      ...bad,
      message: /^A resource can have at most 50 tags$/,
    },
  ),
  ...oneRule(
    {
      name: 'tags to take off what does not exist',
      source: 'the API’s model',
      world: shop(),
      operation: 'UntagResource',
      input: { resourceArn: `${resourceArn}s`, tagKeys: ['team'] },
      ...missing,
    },
    {
      name: '51 tags to take off',
      source: 'the API’s model',
      world: shop(),
      operation: 'UntagResource',
      input: { resourceArn, tagKeys: Object.keys(tags(51)) },
      ...bad,
      message: /^tagKeys must have between 1 and 50 members$/,
    },
    {
      name: 'a tag of AWS to take off',
      source: 'tags of AWS',
      world: shop(),
      operation: 'UntagResource',
      input: { resourceArn, tagKeys: ['aws:owner'] },
      ...bad,
      message: /^Tag key aws:owner must not start with aws:$/,
    },
  ),
];
