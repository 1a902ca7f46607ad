import { rememberedBy } from './remembered.ts';

function counted() {
  const asked: unknown[] = [];
  const answer = rememberedBy((subject: { readonly name: string }, by: string) => {
    asked.push(subject);
    return `${subject.name} by ${by}`;
  });
  return { asked, answer };
}

test('of what nobody can change it is asked once, until it is asked with something else', () => {
  const { asked, answer } = counted();
  const shop = Object.freeze({ name: 'shop' });
  expect([answer(shop, 'a'), answer(shop, 'a'), answer(shop, 'b'), answer(shop, 'a')]).toEqual([
    'shop by a',
    'shop by a',
    'shop by b',
    'shop by a',
  ]);
  expect(asked).toHaveLength(3);
});

test('what can be changed is asked each time', () => {
  const { answer } = counted();
  const shop = { name: 'shop' };
  answer(shop, 'a');
  shop.name = 'web';
  expect(answer(shop, 'a')).toBe('web by a');
});
