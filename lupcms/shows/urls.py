from django.urls import path

from lupcms.shows import views

app_name = "shows"
urlpatterns = [
    path("about", views.about, name="about"),
    path("theme.css", views.theme, name="theme"),
]
