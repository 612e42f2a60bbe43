
fact = 5
