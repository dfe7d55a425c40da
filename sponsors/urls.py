from django.urls import path

from sponsors import statement, views

app_name = "sponsors"
urlpatterns = [
    path("sponsors/private/<segment:token>", statement.page, name="statement"),
    path("sponsors/private/<segment:token>/spots.csv", statement.spreadsheet, name="spreadsheet"),
    path("sponsors", views.index, name="index"),
    path("network/sponsors", views.all_shows, name="network"),
    path("sponsors/<segment:slug>", views.detail, name="detail"),
]
