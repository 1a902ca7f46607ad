import { CORDON_MARK, cordonerOf } from './cordoner.ts';

const CORDON = { 'f:spec': { 'f:unschedulable': {} } };
const MARK = { 'f:metadata': { 'f:annotations': { [`f:${CORDON_MARK}`]: {} } } };
const entry = (manager: string, fieldsV1: object) => ({ manager, operation: 'Update', apiVersion: 'v1', fieldsV1 });

test.each([
  ['who wrote the mark has cordoned', [entry('liftlock', { ...CORDON, ...MARK })], 'drain-1'],
  ['somebody has uncordoned', [entry('liftlock', MARK)], 'drain-1'],
  ['somebody else has cordoned since', [entry('liftlock', MARK), entry('kubectl', CORDON)], undefined],
  [
    'somebody applies it cordoned as well',
    [entry('liftlock', { ...CORDON, ...MARK }), entry('argo', CORDON)],
    undefined,
  ],
  ['it is not told apart any more', [entry('ancient-changes', { ...CORDON, ...MARK })], undefined],
  ['nothing says who it was', undefined, 'drain-1'],
])('whose cordon it is where %s', (_, managedFields, cordoner) => {
  expect(cordonerOf({ annotations: { [CORDON_MARK]: 'drain-1' }, managedFields })).toBe(cordoner);
});

test('without a mark no cordon is ours', () => {
  expect(cordonerOf({ managedFields: [entry('kubectl', CORDON)] })).toBeUndefined();
  expect(cordonerOf(undefined)).toBeUndefined();
});
