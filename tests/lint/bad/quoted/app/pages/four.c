int first;

long second;
