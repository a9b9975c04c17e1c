import { athena, fields, project, projections, rees46 } from '@rastro/schema';
import { describe, expect, test } from 'vitest';

const record = {
  event_time: '2019-10-01T00:00:01.250Z',
  event_type: 'cart',
  product_id: '5773203',
  category_id: '1487580005134238553',
  category_code: 'appliances.environment.water_heater',
  brand: 'runail',
  price: 2.62,
  customer_id: '463240011',
  device_id: 'd-1',
  session_id: '26dd6e6e-4dac-4778-8d2c-92e149dab885',
};

describe('project', () => {
  test('reads a record as REES46 rows have it', () => {
    expect(Object.values(project(record, rees46)).join(',')).toBe(
      '2019-10-01 00:00:01 UTC,cart,5773203,1487580005134238553,appliances.environment.water_heater,runail,2.62,463240011,26dd6e6e-4dac-4778-8d2c-92e149dab885',
    );
  });

  test('takes the device as user before login', () => {
    const { customer_id: _, ...anonymous } = record;
    expect(project(anonymous, rees46)['user_id']).toBe('d-1');
  });

  test.each([
    [{ category_code: 'a.b.c', category_id: '1' }, 'a', 'b.c'],
    [{ category_code: 'a', category_id: '1' }, 'a', ''],
    [{ category_id: '1.5' }, '1.5', ''],
    [{}, 'unknown', ''],
  ])('splits the category of %j for the six-column table', (fields, category, subcategory) => {
    expect(project({ ...fields, device_id: 'd', product_id: 'p', event_type: 'view' }, athena)).toEqual({
      customerid: '',
      deviceid: 'd',
      productid: 'p',
      productcategory: category,
      productsubcategory: subcategory,
      activitytype: 'view',
    });
  });

  test('projections read fields that exist', () => {
    const read = Object.values(projections).flatMap(({ columns }) => columns.flatMap(({ from }) => from));
    expect(read.filter((name) => !(name in fields))).toEqual([]);
  });
});
