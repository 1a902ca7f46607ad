import { criticalT, upperTail } from './student-t.ts';

// Values of a table of Student's t.
test.each([
  [1, 0.05, 6.314],
  [3, 0.001, 10.215],
  [10, 0.001, 4.144],
  [30, 0.005, 2.75],
])('with %d degrees of freedom %d is passed by %d', (freedom, chance, t) => {
  expect(criticalT(chance, freedom)).toBeCloseTo(t, 2);
  expect(upperTail(t, freedom)).toBeCloseTo(chance, 4);
  expect(upperTail(-t, freedom)).toBeCloseTo(1 - chance, 4);
});
