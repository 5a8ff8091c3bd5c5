package bewijs

// What the tests of this room see of its inside.
const TekenTijd = tekenTijd
