"""What a network is made of: shapes, parameters, multiply-adds."""
