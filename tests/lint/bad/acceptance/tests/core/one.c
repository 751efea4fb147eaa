/* one.c - a unit test that the table names */
cmocka_unit_test(two_are_made),
