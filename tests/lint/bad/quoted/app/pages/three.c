int first;

int second;

int
third(void)
{
	return 3;
}
