import "page"; // the contents have nothing that moves
